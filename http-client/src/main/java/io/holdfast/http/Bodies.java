package io.holdfast.http;

import java.net.http.HttpResponse;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bodies that nobody will read. A body that is a stream or a publisher holds its connection until
 * it is read to the end or closed.
 */
final class Bodies {

  private static final Logger LOG = LoggerFactory.getLogger(Bodies.class);

  /** Wants nothing. */
  private static final class Nobody implements Flow.Subscriber<Object> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.cancel();
    }

    @Override
    public void onNext(Object item) {}

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {}
  }

  private Bodies() {}

  /** Gives up the body of a response that is dropped, if there is one. Never fails. */
  static void close(@Nullable HttpResponse<?> response) {
    Object body = response == null ? null : response.body();
    try {
      if (body instanceof AutoCloseable stream) {
        stream.close();
      } else if (body instanceof Flow.Publisher<?> publisher) {
        publisher.subscribe(new Nobody());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.debug("a body that nobody reads did not close", e);
    }
  }
}
