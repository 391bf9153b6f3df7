package io.holdfast.payment.http;

import io.holdfast.loadbalancer.LoadBalancer;

/** Finds the nodes that own shards. A seam: the registry behind it, or a test. */
public interface Owners {

  /** Over who says that it owns the shard, by the latest news; never this node. */
  LoadBalancer ofShard(int shard);
}
