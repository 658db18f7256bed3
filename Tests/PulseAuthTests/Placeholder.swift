import PulseAuth
