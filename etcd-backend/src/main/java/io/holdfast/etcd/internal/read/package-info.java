/**
 * Reads and watches: the names of keys in etcd, ranges of them, and waits until a key changes.
 * Private to this module.
 *
 * <p>Read {@link io.holdfast.etcd.internal.read.Reader} first, then {@link
 * io.holdfast.etcd.internal.read.WatchLoop}, which repeats a watch after failures. {@link
 * io.holdfast.etcd.internal.read.Keyspace} and {@link io.holdfast.etcd.internal.read.PlaceName} map
 * our keys to etcd's.
 */
@NullMarked
package io.holdfast.etcd.internal.read;

import org.jspecify.annotations.NullMarked;
