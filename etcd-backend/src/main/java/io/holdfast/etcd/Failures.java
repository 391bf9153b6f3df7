package io.holdfast.etcd;

import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdException;
import io.grpc.Status;
import io.holdfast.coordination.CoordinationException;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.UnavailableException;
import java.util.Set;
import java.util.concurrent.CompletionException;

/** What is known about the effect of a request that failed. */
final class Failures {

  /** With these a server says that it refused the request before it was proposed. */
  private static final Set<Status.Code> REFUSED =
      Set.of(
          Status.Code.INVALID_ARGUMENT,
          Status.Code.NOT_FOUND,
          Status.Code.FAILED_PRECONDITION,
          Status.Code.OUT_OF_RANGE,
          Status.Code.PERMISSION_DENIED,
          Status.Code.UNAUTHENTICATED,
          Status.Code.RESOURCE_EXHAUSTED);

  private static final String BY_SERVER = "etcdserver:";

  private Failures() {}

  /** The failure of a write as the primitives tell it. */
  static CoordinationException ofWrite(Throwable failure, Call call) {
    Throwable cause = unwrapped(failure);
    if (isRefusedByServer(cause) || !call.mayHaveLeft()) {
      return new UnavailableException("etcd did not do it: " + told(cause), cause);
    }
    return new IndeterminateException("no answer from etcd: " + told(cause), cause);
  }

  private static boolean isRefusedByServer(Throwable cause) {
    Status status = Status.fromThrowable(cause);
    String description = status.getDescription();
    return REFUSED.contains(status.getCode())
        && description != null
        && description.startsWith(BY_SERVER);
  }

  /** True of a failure by {@link #ofWrite} if a server found fault with the request itself. */
  static boolean isRefusal(Throwable failure) {
    return failure.getCause() != null && isRefusedByServer(failure.getCause());
  }

  /** The failure of a read, which has no effect. */
  static CoordinationException ofRead(Throwable failure) {
    Throwable cause = unwrapped(failure);
    return new UnavailableException("no answer from etcd: " + told(cause), cause);
  }

  /** True if the server said that it does not know the lease. */
  static boolean isLeaseNotFound(Throwable failure) {
    Throwable cause = unwrapped(failure);
    return cause instanceof EtcdException known
        ? known.getErrorCode() == ErrorCode.NOT_FOUND
        : Status.fromThrowable(cause).getCode() == Status.Code.NOT_FOUND;
  }

  /** True if it was not the server that told of the failure, or only that it cannot serve. */
  static boolean isNoAnswer(Throwable failure) {
    Status.Code code = Status.fromThrowable(unwrapped(failure)).getCode();
    return code == Status.Code.UNAVAILABLE
        || code == Status.Code.DEADLINE_EXCEEDED
        || code == Status.Code.CANCELLED;
  }

  static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static String told(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
