package io.holdfast.payment.http;

import io.holdfast.loadbalancer.LoadBalancer;

/** Finds the nodes that own shards. A seam: the registry behind it, or a test. */
public interface Owners {

  /** Over who says that it owns the shard, by the latest news; never this node. */
  LoadBalancer ofShard(int shard);

  /** Calls it, in any thread, after each change of who owns what. It must not block. */
  void onChange(Runnable listener);
}
