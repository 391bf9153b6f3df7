/**
 * The HTTP API of Consul in front of the registry and the locks: services with checks, catalog and
 * health with blocking queries, sessions, and keys that sessions lock. {@code ConsulDoor} has the
 * routes, {@code ConsulJson} the shapes of the answers, {@code BlockingQuery} the waits, {@code
 * ConsulNote} what is kept of a registration beside the instance.
 */
@NullMarked
package io.holdfast.gateway.consul;

import org.jspecify.annotations.NullMarked;
