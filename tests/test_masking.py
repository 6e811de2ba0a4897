"""Hidden tokens: as many and of the kinds that BERT hides, never padding or special ones."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.models.encoder import Encoder, EncoderSizes
from helpers.models.masked import MaskedLanguageModel
from helpers.text.batches import loader
from helpers.text.masking import MaskedTexts, mask_tokens
from helpers.training import loop

END, PAD, MASK, VOCABULARY = 0, 1, 2, 100
ORDINARY = st.integers(3, VOCABULARY - 1)


def numbers(seed=0):
    return torch.Generator().manual_seed(seed)


@settings(deadline=None)
@given(
    st.lists(st.lists(ORDINARY, min_size=1, max_size=9), min_size=1, max_size=6),
    st.floats(0, 1),
    st.integers(0, 5),
)
def test_the_laws_of_hiding(texts, share, seed):
    longest = max(map(len, texts)) + 1
    rows = [text + [END] + [PAD] * (longest - len(text) - 1) for text in texts]
    ids, lengths = torch.tensor(rows), torch.tensor([len(text) + 1 for text in texts])
    given_ids = ids.clone()
    how = dict(mask_id=MASK, vocabulary=VOCABULARY, special=[END, PAD], share=share)
    hidden, targets = mask_tokens(ids, lengths, **how, generator=numbers(seed))
    assert torch.equal(ids, given_ids)
    chosen = targets != -100
    assert torch.equal(targets[chosen], ids[chosen])
    assert torch.equal(hidden[~chosen], ids[~chosen])  # nothing else has changed
    assert chosen.any(dim=1).all()  # one at least in each text
    assert not chosen[(ids == END) | (ids == PAD)].any()
    assert not ((hidden[chosen] == END) | (hidden[chosen] == PAD)).any()
    again = mask_tokens(ids, lengths, **how, generator=numbers(seed))
    assert torch.equal(again[0], hidden) and torch.equal(again[1], targets)
    if share == 1:
        assert chosen.sum() == sum(map(len, texts))


def shares(hidden, targets, ids):
    """Of all tokens chosen, and of those: hidden, replaced, kept."""
    chosen = targets != -100
    count = chosen.sum().item()
    masked = (hidden[chosen] == MASK).sum().item()
    kept = (hidden[chosen] == ids[chosen]).sum().item()
    return count / ids.numel(), masked / count, (count - masked - kept) / count, kept / count


@pytest.mark.slow
def test_as_many_of_each_kind_as_transformers_hides():
    transformers = pytest.importorskip("transformers")
    ids = torch.randint(3, VOCABULARY, (400, 500), generator=numbers())
    lengths = torch.full((400,), 500)
    hidden, targets = mask_tokens(ids, lengths, MASK, VOCABULARY, [END, PAD], generator=numbers(1))
    ours = shares(hidden, targets, ids)

    class Tokenizer(transformers.PreTrainedTokenizerFast):
        def __init__(self):
            tokenizers = pytest.importorskip("tokenizers")
            words = {f"w{i}": i for i in range(3, VOCABULARY)}
            words |= {"[END]": END, "[PAD]": PAD, "[MASK]": MASK}
            model = tokenizers.models.WordLevel(words, unk_token="w3")
            names = dict(mask_token="[MASK]", pad_token="[PAD]")
            super().__init__(tokenizer_object=tokenizers.Tokenizer(model), **names)

    torch.manual_seed(2)
    collator = transformers.DataCollatorForLanguageModeling(Tokenizer(), mlm_probability=0.15)
    batch = collator([{"input_ids": row} for row in ids.tolist()])
    theirs = shares(batch["input_ids"], batch["labels"], ids)
    # 200,000 tokens, 30,000 chosen: four standard deviations of a share are below these.
    for one, other, named, near in zip(
        ours, theirs, (0.15, 0.8, 0.1, 0.1), (0.0035, 0.01, 0.01, 0.01), strict=True
    ):
        assert one == pytest.approx(named, abs=near) and one == pytest.approx(other, abs=2 * near)


def test_replacements_are_spread_over_all_ordinary_tokens():
    ids = torch.full((200, 400), 3)
    hidden, _ = mask_tokens(
        ids, torch.full((200,), 400), MASK, 13, [END, PAD], share=1.0, generator=numbers()
    )
    counts = torch.bincount(hidden[(hidden != 3) & (hidden != MASK)], minlength=13)
    assert counts[:4].tolist() == [0, 0, 0, 0] and counts[4:].min() > 0.85 * counts[4:].max()


def test_a_short_text_always_gets_one_token_and_any_may_be_it():
    ids, lengths = torch.tensor([[5, 6, 7, END]]), torch.tensor([4])
    draw = numbers()
    chosen = [
        int((mask_tokens(ids, lengths, MASK, 9, [END], 0.0, draw)[1] != -100).int().argmax())
        for _ in range(300)
    ]
    assert set(chosen) == {0, 1, 2} and max(map(chosen.count, chosen)) < 140


def test_a_data_set_hides_anew_each_time_and_a_list_of_batches_stays():
    texts = [[3 + i % 90] * 40 for i in range(20)]
    data = MaskedTexts(texts, MASK, VOCABULARY, [END, PAD], max_length=30)
    (ids, lengths, places), targets = data[range(20)]
    assert ids.shape == places.shape == (20, 30) and lengths.tolist() == [30] * 20
    assert targets.shape == (int(places.sum()),)
    assert targets.tolist() == [texts[row][0] for row in places.nonzero()[:, 0]]
    assert not torch.equal(data[range(20)][0][2], places)
    seeded = [
        MaskedTexts(texts, MASK, VOCABULARY, generator=numbers(3))[range(20)] for _ in range(2)
    ]
    assert torch.equal(seeded[0][0][0], seeded[1][0][0])


def test_the_one_loop_trains_on_it_and_goes_on_as_if_it_had_not_stopped(tmp_path):
    sizes = EncoderSizes(VOCABULARY, width=8, layers=1, heads=2, hidden=16, positions=20)
    texts = [[3 + i % 7, 20 + i % 7, 40 + i % 7] * 3 for i in range(30)]
    data = MaskedTexts(texts, MASK, VOCABULARY, [END, PAD])
    fixed = list(loader(MaskedTexts(texts, MASK, VOCABULARY, generator=numbers()), 8))
    how = loop.TrainSettings(epochs=4, learning_rate=0.01)

    def run(**more):
        torch.manual_seed(0)
        model = MaskedLanguageModel(Encoder(sizes))
        history = loop.train(model, loader(data, 8, shuffle=True), fixed, how, **more)
        return history, nn_vector(model)

    unbroken, weights = run()
    file = tmp_path / "run.pt"
    run(checkpoint_path=file, stop_after=2)
    resumed, others = run(checkpoint_path=file, resume=True)
    assert resumed.train_loss == unbroken.train_loss and torch.equal(weights, others)
    assert unbroken.validation_loss[-1] < unbroken.validation_loss[0]
    assert unbroken.validation_accuracy[-1] is not None


def nn_vector(model):
    return torch.nn.utils.parameters_to_vector(model.parameters()).detach()


IDS, LENGTHS = torch.tensor([[5, 6], [END, PAD]]), torch.tensor([2, 1])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "text 1 of the batch has no token that may be hidden"),
        ({"lengths": torch.tensor([0, 2])}, "text 0 of the batch has no token"),
        ({"lengths": torch.tensor([2])}, r"ids have shape \(2, 2\) and lengths \(1,\)"),
        ({"share": 15}, "share is 15; use a number from 0 to 1, 0.15 for 15 %"),
        ({"share": float("nan")}, "share is nan"),
        ({"mask_id": 100}, "special id 100 is outside the vocabulary of 100"),
        ({"special": [-1]}, "special id -1 is outside"),
        ({"vocabulary": 6}, "id 6 is outside the vocabulary of 6"),
        ({"ids": torch.tensor([[5, -6], [3, 4]])}, "id -6 is outside the vocabulary of 100"),
        ({"vocabulary": 3, "ids": torch.tensor([[1, 1], [1, 1]])}, "all 3 ids are special"),
    ],
)
def test_what_makes_no_sense_is_refused(changed, said):
    how = dict(ids=IDS, lengths=LENGTHS, mask_id=MASK, vocabulary=100, special=[END, PAD])
    with pytest.raises(ValueError, match=said):
        mask_tokens(**how | changed)
