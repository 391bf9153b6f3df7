/**
 * The way to the servers: connections, calls with time-outs, failures, TLS and logins. Private to
 * this module.
 *
 * <p>Read {@link io.holdfast.etcd.internal.client.Connection} first. It sends writes to the leader
 * and every call to a server that answers. Then read {@link
 * io.holdfast.etcd.internal.client.Failures}, which says what a failed call means. This room knows
 * nothing of sessions.
 */
@NullMarked
package io.holdfast.etcd.internal.client;

import org.jspecify.annotations.NullMarked;
