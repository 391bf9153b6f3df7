package io.holdfast.payment.http;

/** The names of the headers of this API. */
public final class Headers {

  /** The client's name for a request, the same at every retry. */
  public static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  /** How many milliseconds whoever sends the request waits for the answer; a whole number. */
  public static final String TIMEOUT = "Holdfast-Timeout-Millis";

  /** On an answer: it was stored when the request was executed earlier. */
  public static final String REPLAYED = "Idempotency-Replayed";

  /** On a request between nodes: who passed it on. It is not passed on again. */
  public static final String FORWARDED_BY = "Holdfast-Forwarded-By";

  /** On a request between nodes: a random number of its own. */
  public static final String FORWARD_NONCE = "Holdfast-Forward-Nonce";

  /** On a request between nodes and on its answer: that a node of the same ledger sent it. */
  public static final String FORWARD_PROOF = "Holdfast-Forward-Proof";

  /** On a request between nodes: who asked, as {@code CallerIdentity.text} has it. */
  public static final String CALLER = "Holdfast-Caller";

  /**
   * On a request between nodes: every {@code traceparent} that it belongs to, separated by commas;
   * settlements of several requests are one.
   */
  static final String TRACES = "Holdfast-Traces";

  /** On an answer: which node executed the request. */
  public static final String NODE = "Holdfast-Node";

  /** On an answer: the trace that the request belongs to, for questions about it. */
  public static final String TRACE = "Holdfast-Trace";

  private Headers() {}
}
