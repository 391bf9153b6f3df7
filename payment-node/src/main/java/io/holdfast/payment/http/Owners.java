package io.holdfast.payment.http;

import java.util.Optional;

/** Finds the node that owns a shard. A seam: the registry behind it, or a test. */
public interface Owners {

  /** Who says that it owns the shard, by the latest news; never this node. Does not block. */
  Optional<Peer> ownerOf(int shard);
}
