package io.holdfast.payment.http;

/** A node, chosen for one attempt. */
public interface Peer {

  /** How it is reached. */
  String host();

  /** Its HTTP port. */
  int port();

  /** To be told once, when the attempt is over. */
  void finished(Attempt attempt);

  /** How an attempt ended. */
  enum Attempt {
    /** It answered. */
    ANSWERED,
    /** It did not, or said that it could not. */
    FAILED
  }
}
