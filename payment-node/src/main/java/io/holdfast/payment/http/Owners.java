package io.holdfast.payment.http;

import java.util.Optional;

/** Finds the node that owns a shard. A seam: the registry behind it, or a test. */
public interface Owners {

  /** Who says that it owns the shard, by the latest news; never this node. Does not block. */
  Optional<Peer> ownerOf(int shard);

  /** Another node, chosen for one attempt. */
  interface Peer {

    /** Its name or address of the machine. */
    String host();

    /** Its HTTP port. */
    int port();

    /** To be told once, when the attempt is over. */
    void finished(Attempt attempt);
  }

  /** How an attempt ended. */
  enum Attempt {
    /** It answered. */
    ANSWERED,
    /** It did not, or said that it could not. */
    FAILED
  }
}
