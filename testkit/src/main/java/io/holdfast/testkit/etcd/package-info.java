/**
 * Real etcd clusters for tests: {@link io.holdfast.testkit.etcd.EtcdCluster} starts one on loopback
 * from whatever etcd {@link io.holdfast.testkit.etcd.EtcdBinary} finds or fetches. No Docker
 * needed.
 */
@NullMarked
package io.holdfast.testkit.etcd;

import org.jspecify.annotations.NullMarked;
