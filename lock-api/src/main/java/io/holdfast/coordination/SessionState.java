package io.holdfast.coordination;

import io.holdfast.spi.Session;

/** The state of a {@link Session}. */
public enum SessionState {
  /** Connected, as far as is known. */
  ACTIVE,
  /** Not connected at the moment; the cluster still keeps what belongs to the session. */
  SUSPENDED,
  /** Over, or perhaps over: the cluster may have given its locks to others. Terminal. */
  LOST
}
