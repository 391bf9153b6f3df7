package io.holdfast.testkit.zookeeper;

import io.holdfast.testkit.process.Host;

/**
 * Where a server can be reached.
 *
 * @param host where it runs
 * @param port for its clients
 * @param securePort for its clients that speak TLS, if it does
 */
record Listening(Host host, int port, int securePort) {}
