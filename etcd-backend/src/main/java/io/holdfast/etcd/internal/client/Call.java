package io.holdfast.etcd.internal.client;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.holdfast.spi.Context;
import io.holdfast.spi.Durations;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: gives it a deadline and notes whether it can have left this process.
 *
 * <p>The deadline is the context's and not gRPC's own, which would wake a thread of its own for
 * each request.
 *
 * <p>A failure goes past jetcd, which warns twice of each that it thinks worth a retry, hundreds of
 * times in an outage: jetcd is told that the request was aborted, of which it says nothing, and who
 * asked gets what happened. Nor does it then open a watch again by itself, on a client that may be
 * closed by now: whoever follows something looks again.
 *
 * <p>A request that fails before a connection took it is certainly not done; any other failure
 * leaves that open. jetcd tells neither, so an interceptor looks at the stream below. It finds the
 * call by the thread, which is why jetcd must run on the thread that asks ({@link DirectExecutor});
 * a call that it does not find counts as sent.
 */
final class Call {

  private static final ThreadLocal<@Nullable Call> CURRENT = new ThreadLocal<>();

  /** A reply goes to the context, and needs no other thread on its way than the connection's. */
  private static final Executor RIGHT_HERE = Runnable::run;

  private final String server;
  private final Duration timeout;

  /** Written by the thread that asks, before the request can leave. */
  private volatile boolean traced;

  /** Written by the thread that asks. */
  private volatile @Nullable ClientCall<?, ?> call;

  /** Written by whatever thread the stream is made on. */
  private volatile boolean streamed;

  /** What jetcd is not told. Written before it learns that the request has failed. */
  private volatile @Nullable Status failure;

  Call(String server, Duration timeout) {
    this.server = server;
    this.timeout = timeout;
  }

  /** Who is asked, as {@code host:port}. */
  String server() {
    return server;
  }

  /** Makes a request, and cancels it if it has not ended in time. */
  <T> CompletableFuture<T> make(Context context, Supplier<CompletableFuture<T>> request) {
    CompletableFuture<T> answer = ask(request);
    Runnable stop = context.schedule(timeout, () -> expire(answer));
    answer.whenComplete((value, failure) -> stop.run());
    return answer;
  }

  private <T> CompletableFuture<T> ask(Supplier<CompletableFuture<T>> request) {
    CURRENT.set(this);
    try {
      return request.get().exceptionallyCompose(told -> CompletableFuture.failedFuture(real(told)));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    } finally {
      CURRENT.remove();
    }
  }

  private Throwable real(Throwable told) {
    Status ended = failure;
    return ended == null ? told : ended.asRuntimeException();
  }

  /** A request that was found ends by being cancelled, so that it is known whether it has left. */
  private void expire(CompletableFuture<?> answer) {
    String why = "no answer within " + Durations.millis(timeout) + " ms";
    ClientCall<?, ?> sent = call;
    if (sent != null) {
      sent.cancel(why, null);
    } else {
      answer.completeExceptionally(
          Status.DEADLINE_EXCEEDED.withDescription(why).asRuntimeException());
    }
  }

  /** False if no server can have seen the request. */
  boolean mayHaveLeft() {
    return !traced || streamed;
  }

  private <Q, R> ClientCall<Q, R> begin(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    traced = true;
    ClientCall<Q, R> begun =
        next.newCall(
            method, options.withExecutor(RIGHT_HERE).withStreamTracerFactory(new Tracing()));
    call = begun;
    return muted(begun, status -> failure = status);
  }

  /** Has {@code told} told how the call failed, and jetcd only that it did. */
  private static <Q, R> ClientCall<Q, R> muted(ClientCall<Q, R> call, Consumer<Status> told) {
    return new SimpleForwardingClientCall<>(call) {
      @Override
      public void start(Listener<R> listener, Metadata headers) {
        super.start(
            new SimpleForwardingClientCallListener<R>(listener) {
              @Override
              public void onClose(Status status, Metadata trailers) {
                if (status.isOk()) {
                  super.onClose(status, trailers);
                } else {
                  told.accept(status);
                  super.onClose(Status.ABORTED, trailers);
                }
              }
            },
            headers);
      }
    };
  }

  private final class Tracing extends ClientStreamTracer.Factory {
    @Override
    public ClientStreamTracer newClientStreamTracer(
        ClientStreamTracer.StreamInfo info, Metadata headers) {
      return new ClientStreamTracer() {
        @Override
        public void streamCreated(Attributes transport, Metadata sent) {
          streamed = true;
        }
      };
    }
  }

  /** Applies the call of the asking thread, if there is one, to what it asks. */
  static final class Interceptor implements ClientInterceptor {
    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(
        MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
      Call current = CURRENT.get();
      return current == null
          ? muted(next.newCall(method, options), status -> {})
          : current.begin(method, options, next);
    }
  }
}
