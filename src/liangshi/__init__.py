"""良师：普通高中全员导师制平台。

Floors, from the ground: pairing · foundation · registry · practice · oversight · portal · config.
"""
