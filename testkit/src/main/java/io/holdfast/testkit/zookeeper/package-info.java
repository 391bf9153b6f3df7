/**
 * Real ZooKeeper on loopback for tests: {@link io.holdfast.testkit.zookeeper.EmbeddedZooKeeper}
 * inside this JVM, {@link io.holdfast.testkit.zookeeper.ZooKeeperCluster} as child processes that
 * can be killed and frozen.
 */
@NullMarked
package io.holdfast.testkit.zookeeper;

import org.jspecify.annotations.NullMarked;
