package io.holdfast.lock;

import java.util.List;

/** A hold of several locks at once: all held, or all lost, or all given back. */
public interface MultiGrant extends Hold {

  /** The locks that are held, in the order in which they were asked for. */
  List<LockName> names();

  /**
   * The token for what one of the locks guards; see {@link LockGrant#token}.
   *
   * @throws IllegalArgumentException if that lock is not among {@link #names}
   */
  FencingToken token(LockName lock);
}
