// PulseTesting
