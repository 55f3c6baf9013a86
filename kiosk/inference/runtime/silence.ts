/**
 * ONNX Runtime speaks to its maker where it was built with that: onnxruntime-node 1.30 for Linux looks up a collector of
 * Microsoft's some seconds after the first model was loaded. A clock speaks to its broker and to nobody else. The switch is
 * read once, when the library begins, and from the process's own environment: what a worker sets in its own never arrives
 * there, so the thread that starts the worker has to import this as well.
 */
process.env.ORT_DISABLE_TELEMETRY = "1";
