package io.holdfast.lock;

/** A lock held in a mode that its holder may change: see {@link ConvertibleGrant}. */
public interface ConvertibleLock extends Acquirable<ConvertibleGrant> {

  /** Its name. */
  LockName name();
}
