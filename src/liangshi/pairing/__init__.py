"""The engine: who becomes whose mentor. Plain data in, plain data out; no framework, database, clock or file.

``problem`` states the question and the answer; ``feasibility`` proves beforehand that there is an answer;
``wishes`` finds the best one (``network``: flow, prices, all optima; ``canonical``: the one that the
``lottery`` chooses); ``explain`` says why; ``certify``, written apart from all of these, checks it.

Where both sides choose, ``two_sided`` does it (``admission``: its data; ``explain_two_sided``,
``certify_two_sided``); ``clubs`` keeps clubs together (``certify_clubs``). ``engine`` is the one way in.
"""
