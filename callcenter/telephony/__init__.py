"""The telephone exchange of the house: ``codecs/`` reads and writes its words without any socket, ``line`` has the
socket. What the words mean for people is decided elsewhere; from here comes only plain data."""
