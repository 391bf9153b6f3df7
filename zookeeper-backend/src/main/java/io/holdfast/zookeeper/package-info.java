/**
 * The primitives over ZooKeeper, with Apache Curator keeping the connection.
 *
 * <p>Applications add the module and connect to {@code zookeeper://...}, or hand over their own
 * client with {@link io.holdfast.zookeeper.ZooKeeperCoordinators}. An engineer reads {@code
 * ZooKeeperSession} first: it puts the parts together. The parts are in packages below {@code
 * internal}, each of which uses only those before it: {@code client}, {@code session}, {@code
 * read}, {@code write}, {@code queue}; beside them {@code directory} and {@code inspect}. Then read
 * {@code GuardedWriter} (how a lost reply is settled) and {@code ProofOfLife} (until when a session
 * is known to live).
 */
@NullMarked
package io.holdfast.zookeeper;

import org.jspecify.annotations.NullMarked;
