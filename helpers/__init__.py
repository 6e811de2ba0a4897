"""The tested pieces of the course "From word vectors to fine-tuning".

A module imports only from rooms above it: assets, corpora, text, vectors, scratch,
models, training, evaluation, exercises; plots stands beside them and imports none.
"""
