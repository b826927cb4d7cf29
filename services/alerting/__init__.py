"""Telling people: the message in its words, its picture and its links; sending it; and telling that nobody would."""
