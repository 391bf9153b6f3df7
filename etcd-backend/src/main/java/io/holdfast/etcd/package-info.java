/**
 * The primitives over etcd, with jetcd's KV, Lease and Watch.
 *
 * <p>Applications add the module and connect to {@code etcd://...}; only {@link
 * io.holdfast.etcd.EtcdBackendProvider} is public. Read {@code EtcdSession} first, then {@code
 * Presence} (how a lost reply is settled) and {@code Life} (when a session counts as lost).
 */
@NullMarked
package io.holdfast.etcd;

import org.jspecify.annotations.NullMarked;
