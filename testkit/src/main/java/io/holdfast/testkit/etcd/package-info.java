/**
 * Real etcd clusters for tests: {@link io.holdfast.testkit.etcd.EtcdCluster} starts one on loopback
 * from whatever etcd {@link io.holdfast.testkit.etcd.EtcdBinary} finds or fetches. Docker is its
 * last resort.
 */
@NullMarked
package io.holdfast.testkit.etcd;

import org.jspecify.annotations.NullMarked;
