package io.holdfast.gateway.xds;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Refuses what is not served, and streams beyond the limit, before anything is kept for them. */
final class StreamLimit implements ServerInterceptor {

  private static final String SERVED = "StreamAggregatedResources";

  private final int most;
  private final AtomicInteger open = new AtomicInteger();

  StreamLimit(int most) {
    this.most = most;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (!SERVED.equals(call.getMethodDescriptor().getBareMethodName())) {
      call.close(
          Status.UNIMPLEMENTED.withDescription("the state of the world only, not deltas"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      call.close(
          Status.RESOURCE_EXHAUSTED.withDescription("too many streams; try another gateway"),
          new Metadata());
      return new ServerCall.Listener<>() {};
    }
    AtomicBoolean ended = new AtomicBoolean();
    return new SimpleForwardingServerCallListener<>(next.startCall(call, headers)) {
      @Override
      public void onComplete() {
        end();
        super.onComplete();
      }

      @Override
      public void onCancel() {
        end();
        super.onCancel();
      }

      private void end() {
        if (ended.compareAndSet(false, true)) {
          open.decrementAndGet();
        }
      }
    };
  }
}
