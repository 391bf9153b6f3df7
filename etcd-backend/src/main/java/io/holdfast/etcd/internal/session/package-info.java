/**
 * The life of one session: its lease, its presence key, and what its parts share. Private to this
 * module.
 *
 * <p>Read {@link io.holdfast.etcd.internal.session.KeepAlive} first: it proves that the lease
 * lives. Then read {@link io.holdfast.etcd.internal.session.Presence}, the key that every write
 * checks. The session itself is {@code EtcdSession}, in the front.
 */
@NullMarked
package io.holdfast.etcd.internal.session;

import org.jspecify.annotations.NullMarked;
