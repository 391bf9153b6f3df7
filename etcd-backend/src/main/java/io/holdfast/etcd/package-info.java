/**
 * The primitives over etcd, with jetcd's KV, Lease and Watch.
 *
 * <p>Applications add the module and connect to {@code etcd://...}, or hand over their own client
 * with {@link io.holdfast.etcd.EtcdCoordinators}. An engineer reads {@code EtcdSession} first: it
 * puts the parts together. The parts are in packages below {@code internal}, each of which uses
 * only those before it: {@code client}, {@code session}, {@code read}, {@code write}, {@code
 * queue}; beside them {@code directory} and {@code inspect}. Then read {@code GuardedWriter} (how a
 * lost reply is settled) and {@code KeepAlive} (until when a session is known to live).
 */
@NullMarked
package io.holdfast.etcd;

import org.jspecify.annotations.NullMarked;
