package io.holdfast.etcd;

import io.grpc.Attributes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: gives it a deadline and notes whether it can have left this process.
 *
 * <p>A request that fails before a connection took it is certainly not done; any other failure
 * leaves that open. jetcd tells neither, so an interceptor looks at the stream below. It finds the
 * call by the thread, which is why jetcd must run on the thread that asks ({@link DirectExecutor});
 * a call that it does not find counts as sent.
 */
final class Call {

  private static final ThreadLocal<@Nullable Call> CURRENT = new ThreadLocal<>();

  private final String server;
  private final Duration timeout;

  /** Written by the thread that asks, before the request can leave. */
  private volatile boolean traced;

  /** Written by whatever thread the stream is made on. */
  private volatile boolean streamed;

  Call(String server, Duration timeout) {
    this.server = server;
    this.timeout = timeout;
  }

  /** Who is asked, as {@code host:port}. */
  String server() {
    return server;
  }

  /** Makes a request under this call's deadline. */
  <T> T make(Supplier<T> request) {
    CURRENT.set(this);
    try {
      return request.get();
    } finally {
      CURRENT.remove();
    }
  }

  /** False if no server can have seen the request. */
  boolean mayHaveLeft() {
    return !traced || streamed;
  }

  private CallOptions applyTo(CallOptions options) {
    traced = true;
    return options
        .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS)
        .withStreamTracerFactory(new Tracing());
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
      Call call = CURRENT.get();
      return next.newCall(method, call == null ? options : call.applyTo(options));
    }
  }
}
