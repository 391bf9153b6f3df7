package io.holdfast.spi;

/** A subscription to a directory. Ends with its session, or when closed. */
public interface Watch extends AutoCloseable {
  /** Ends it. Returns at once; at most one delivery that has already begun still finishes. */
  @Override
  void close();
}
