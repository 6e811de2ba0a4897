"""What happened in each epoch of a training run, and which epoch was best.

Notebook 07 builds it and plots it. Knows nothing of models.
"""

import math
from dataclasses import asdict, dataclass, field


@dataclass
class History:
    """One number an epoch in each list; epochs are counted from 1.

    ``train_loss`` is the mean over all samples, each taken as the model was at its step (with
    dropout on); ``validation_loss`` and ``validation_accuracy`` are after the epoch (empty lists
    where there are no validation batches). ``learning_rate`` is that of the epoch's last step,
    ``seconds`` covers training and validation.
    """

    train_loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float | None] = field(default_factory=list)
    learning_rate: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    best_epoch: int | None = None
    stopped_early: bool = False

    @property
    def epochs(self) -> int:
        """How many epochs were finished.

        >>> History(train_loss=[1.1, 0.7]).epochs
        2
        """
        return len(self.train_loss)

    def note_validation(self, loss: float, accuracy: float | None, select_by: str) -> bool:
        """Add an epoch's validation and say whether it is the best epoch so far.

        Raises
        ------
        FloatingPointError
            If the loss is NaN or infinite.
        ValueError
            If epochs are compared by an accuracy that can't be counted.

        >>> history = History(train_loss=[1.1])
        >>> history.note_validation(1.0, 0.5, "accuracy"), history.best_epoch
        (True, 1)
        """
        epoch = len(self.validation_loss) + 1
        if not math.isfinite(loss):
            raise FloatingPointError(
                f"the validation loss is {loss} after epoch {epoch}, though every training loss "
                "was finite: look for NaN or infinite numbers in the validation inputs, or use a "
                "smaller learning rate"
            )
        if select_by == "accuracy" and accuracy is None:
            raise ValueError(
                "these outputs and targets have no accuracy (it needs whole-number targets and "
                "one more dimension of scores); use TrainSettings(select_by='loss')"
            )
        self.validation_loss.append(loss)
        self.validation_accuracy.append(accuracy)
        best = self.best_epoch
        if best is None or self._merit(epoch, select_by) > self._merit(best, select_by):
            self.best_epoch = epoch
        return self.best_epoch == epoch

    def _merit(self, epoch: int, select_by: str) -> tuple[float, ...]:
        """What makes an epoch better than another: accuracy and then loss, or loss alone."""
        loss, accuracy = self.validation_loss[epoch - 1], self.validation_accuracy[epoch - 1]
        return (accuracy, -loss) if select_by == "accuracy" else (-loss,)

    def out_of_patience(self, patience: int | None) -> bool:
        """Whether the last ``patience`` epochs all failed to improve on the best.

        >>> History(validation_loss=[1.0, 1.2, 1.3], best_epoch=1).out_of_patience(2)
        True
        """
        if patience is None or self.best_epoch is None:
            return False
        return len(self.validation_loss) - self.best_epoch >= patience

    def to_dict(self) -> dict:
        """Return everything as plain values; ``History(**h.to_dict())`` equals ``h``.

        >>> History(train_loss=[1.1]).to_dict()["train_loss"]
        [1.1]
        """
        return asdict(self)
