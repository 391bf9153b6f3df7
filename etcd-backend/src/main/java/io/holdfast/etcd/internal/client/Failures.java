package io.holdfast.etcd.internal.client;

import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdException;
import io.grpc.Status;
import io.holdfast.coordination.AccessRefusedException;
import io.holdfast.coordination.CoordinationException;
import io.holdfast.coordination.IndeterminateException;
import io.holdfast.coordination.StoreFullException;
import io.holdfast.coordination.UnavailableException;
import io.holdfast.spi.ConnectProbe;
import io.holdfast.spi.Futures;
import io.holdfast.spi.tls.TlsProblem;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is known about the effect of a request that failed. */
public final class Failures {

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

  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);
  private static final String BY_SERVER = "etcdserver:";

  /** Said of what was refused, and of what was done although it did not fit any more. */
  private static final String FULL = "database space exceeded";

  private Failures() {}

  /** The failure of a write as the primitives tell it. */
  static CoordinationException ofWrite(Throwable failure, Call call) {
    Throwable cause = Futures.unwrapped(failure);
    Optional<AccessRefusedException> refusal = refusal(cause, call.server());
    if (refusal.isPresent() && (isToldByServer(cause) || !call.mayHaveLeft())) {
      return refusal.get();
    }
    if (isFull(cause)) {
      return new IndeterminateException("etcd is full, and may have done it all the same", cause);
    }
    if (isRefusedByServer(cause) || !call.mayHaveLeft()) {
      return noConnection(cause, call)
          .orElseGet(() -> new UnavailableException("etcd did not do it: " + told(cause), cause));
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

  /** True if etcd answered that it is full, also of a failure by {@link #ofWrite}. */
  public static boolean isFull(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (String.valueOf(Status.fromThrowable(cause).getDescription()).contains(FULL)) {
        return true;
      }
    }
    return false;
  }

  /** What to say if {@link #isFull}, and it is known that nothing was written. */
  public static StoreFullException full(Throwable failure) {
    return new StoreFullException(
        "etcd is full (alarm NOSPACE) and takes no more writes: nothing was written. Make room"
            + " ('etcdctl compact REVISION', then 'etcdctl defrag') or raise --quota-backend-bytes;"
            + " then 'etcdctl alarm disarm'",
        Futures.unwrapped(failure));
  }

  /** True of a failure by {@link #ofWrite} if a server found fault with the request itself. */
  public static boolean isRefusal(Throwable failure) {
    return failure.getCause() != null && isRefusedByServer(failure.getCause());
  }

  /** The failure of a read, which has no effect. */
  static CoordinationException ofRead(Throwable failure, Call call) {
    Throwable cause = Futures.unwrapped(failure);
    Optional<AccessRefusedException> refusal = refusal(cause, call.server());
    if (refusal.isPresent()) {
      return refusal.get();
    }
    if (isFull(cause)) {
      return full(cause);
    }
    return noConnection(cause, call)
        .orElseGet(() -> new UnavailableException("no answer from etcd: " + told(cause), cause));
  }

  /** What there is to say is in the message; gRPC's trace of it goes on for pages. */
  private static Optional<UnavailableException> noConnection(Throwable cause, Call call) {
    Optional<String> why = ConnectProbe.explain(cause, call.server());
    why.ifPresent(text -> LOG.debug("{}", text, cause));
    return why.map(UnavailableException::new);
  }

  /** True if the server wants another token: the old one expired, or permissions have changed. */
  static boolean isTokenRefused(Status status) {
    String description = String.valueOf(status.getDescription());
    return description.contains("invalid auth token")
        || description.contains("revision of auth store is old");
  }

  /** Like {@link #isTokenRefused(Status)}. */
  static boolean isTokenRefused(Throwable failure) {
    return isTokenRefused(Status.fromThrowable(Futures.unwrapped(failure)));
  }

  /**
   * The failure, if it is one that only other credentials, certificates or permissions mend.
   *
   * @param server as {@code host:port}
   */
  public static Optional<AccessRefusedException> refusal(Throwable failure, String server) {
    Throwable cause = Futures.unwrapped(failure);
    if (cause instanceof AccessRefusedException known) {
      return Optional.of(known);
    }
    return toldByServer(cause)
        .or(() -> TlsProblem.explain(cause, server))
        .map(message -> new AccessRefusedException(message, cause));
  }

  private static boolean isToldByServer(Throwable cause) {
    return toldByServer(cause).isPresent();
  }

  private static Optional<String> toldByServer(Throwable cause) {
    String told = String.valueOf(Status.fromThrowable(cause).getDescription());
    String text = told.toLowerCase(Locale.ROOT);
    if (text.contains("authentication failed, invalid user id or password")) {
      return Optional.of("etcd knows no such user with this password: check both");
    }
    if (text.contains("authentication is not enabled")) {
      return Optional.of(
          "a user is given, but etcd has no authentication enabled: leave the user out, or run"
              + " 'etcdctl auth enable'");
    }
    if (text.contains("user name is empty") || text.contains("user name not found")) {
      return Optional.of(
          "etcd wants to know who we are: give user and password (Credentials.withLogin, --user),"
              + " or a client certificate whose common name is a user of etcd");
    }
    if (text.contains("permission denied")) {
      return Optional.of(
          "etcd denies permission: the user needs a role that may read and write all keys with the"
              + " namespace as prefix ('etcdctl role grant-permission ROLE --prefix=true readwrite"
              + " /NAMESPACE/')");
    }
    if (text.contains("first received frame was not settings") && text.contains("1503")) {
      return Optional.of(TlsProblem.onlyTls("etcd"));
    }
    return Optional.empty();
  }

  /** True if the server said that it does not know the lease. */
  public static boolean isLeaseNotFound(Throwable failure) {
    Throwable cause = Futures.unwrapped(failure);
    return cause instanceof EtcdException known
        ? known.getErrorCode() == ErrorCode.NOT_FOUND
        : Status.fromThrowable(cause).getCode() == Status.Code.NOT_FOUND;
  }

  /** True if it was not the server that told of the failure, or only that it cannot serve. */
  static boolean isNoAnswer(Throwable failure) {
    Status.Code code = Status.fromThrowable(Futures.unwrapped(failure)).getCode();
    return code == Status.Code.UNAVAILABLE
        || code == Status.Code.DEADLINE_EXCEEDED
        || code == Status.Code.CANCELLED;
  }

  /**
   * True of a failure by {@link #ofRead} or {@link #ofWrite} that had no server see the request.
   */
  public static boolean isNoConnection(Throwable failure) {
    return failure instanceof UnavailableException
        && (failure.getCause() == null || isNoAnswer(failure.getCause()));
  }

  private static String told(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
