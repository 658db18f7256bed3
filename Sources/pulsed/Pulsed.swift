import PulseApp

/// A server of the models that a schema file names.
@main
struct Pulsed: ServerApplication {}
