/**
 * The primitives over ZooKeeper, with Apache Curator keeping the connection.
 *
 * <p>Nobody calls this package: it is found by the scheme {@code zookeeper://}. Who works on it
 * reads {@link io.holdfast.zookeeper.ZooKeeperSession} first (the parts and how they hang
 * together), then {@link io.holdfast.zookeeper.GuardedWriter} (how a lost reply is settled) and
 * {@link io.holdfast.zookeeper.ProofOfLife} (what is known about the session's end).
 */
@NullMarked
package io.holdfast.zookeeper;

import org.jspecify.annotations.NullMarked;
