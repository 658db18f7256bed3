"""Torture: hundreds of devices at several workers, and everything between the workers failing.

    judge.py     every message of every device, and what must hold of them and of the store
    device.py    a phone: connects to some worker, uploads, loses its connection, goes on elsewhere
    proxy.py     what stands between a worker and Redis, and loses, doubles, delays and swallows messages
    cluster.py   the store, the Redis, the proxies and the workers
    faults.py    what is done to them
    run.py       the plan: load, faults one by one, then together; how long it takes until all is well again
"""
