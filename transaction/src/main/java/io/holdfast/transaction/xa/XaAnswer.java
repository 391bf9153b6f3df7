package io.holdfast.transaction.xa;

import javax.transaction.xa.XAException;

/** What a resource says by failing to end a prepared branch. */
enum XaAnswer {
  /** It has ended as was decided, by the resource itself, which is to forget it. */
  ENDED,
  /** The resource does not know it, on this connection. */
  NOT_KNOWN,
  /** It has ended otherwise, at least in part, or that is not certain. */
  HEURISTIC,
  /** Nothing: it is tried again. */
  UNKNOWN;

  static XaAnswer of(XAException answer, boolean commit) {
    int code = answer.errorCode;
    if (isRollback(code)) {
      return commit ? HEURISTIC : ENDED;
    }
    return switch (code) {
      case XAException.XAER_NOTA -> NOT_KNOWN;
      case XAException.XA_HEURCOM -> commit ? ENDED : HEURISTIC;
      case XAException.XA_HEURRB -> commit ? HEURISTIC : ENDED;
      case XAException.XA_HEURMIX, XAException.XA_HEURHAZ -> HEURISTIC;
      default -> UNKNOWN;
    };
  }

  /** It has been rolled back, for one of many reasons. */
  static boolean isRollback(int code) {
    return code >= XAException.XA_RBBASE && code <= XAException.XA_RBEND;
  }
}
