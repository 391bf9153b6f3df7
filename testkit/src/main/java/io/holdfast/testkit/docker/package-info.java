/**
 * Real etcd and ZooKeeper clusters in containers, with Testcontainers, each server with an address
 * of its own. Read {@code ContainerCluster} first. Where no image can be pulled, {@code
 * LocalImages} makes one under the usual name, from what the machine has.
 */
@NullMarked
package io.holdfast.testkit.docker;

import org.jspecify.annotations.NullMarked;
