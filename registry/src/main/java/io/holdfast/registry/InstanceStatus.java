package io.holdfast.registry;

/** The status of an instance. Only {@link #UP} takes new requests. */
public enum InstanceStatus {
  /** Registered, but not ready for requests yet. */
  STARTING,
  /** Ready for requests. */
  UP,
  /** Finishing its present requests; takes no new ones. */
  DRAINING,
  /** Reports that it cannot serve. */
  DOWN,
  /** Taken out by an operator. */
  OUT_OF_SERVICE
}
