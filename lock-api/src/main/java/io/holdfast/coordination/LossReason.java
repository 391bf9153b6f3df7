package io.holdfast.coordination;

import io.holdfast.spi.Session;

/** Why a {@link Session} ended. */
public enum LossReason {
  /** The cluster said that it has expired. */
  EXPIRED,
  /** No proof of life came back in time, so the cluster may have expired it. */
  DEADLINE_PASSED,
  /** Somebody removed its presence key. */
  REVOKED,
  /** This process closed it. */
  CLOSED
}
