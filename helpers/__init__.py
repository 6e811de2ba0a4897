"""The tested pieces of the course "From word vectors to fine-tuning".

Pure pieces stand in text, vectors, scratch, models, training and evaluation; what fetches or
knows where data lie is in sources. CONTRIBUTING.md says which room may import which.
"""
