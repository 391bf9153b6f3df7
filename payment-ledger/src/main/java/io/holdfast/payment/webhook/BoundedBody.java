package io.holdfast.payment.webhook;

import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body to its end and keeps nothing of it, so that the connection can be used again. One
 * that is longer than the bound ends the connection, and counts as read.
 */
final class BoundedBody implements BodySubscriber<Void> {

  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final int most;

  /** This and the next: used by one signal at a time, as reactive streams promise. */
  private Flow.@Nullable Subscription subscription;

  private long seen;

  private BoundedBody(int most) {
    this.most = most;
  }

  static BodyHandler<Void> upTo(int most) {
    return response -> new BoundedBody(most);
  }

  @Override
  public CompletionStage<Void> getBody() {
    return end;
  }

  @Override
  public void onSubscribe(Flow.Subscription begun) {
    subscription = begun;
    begun.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> items) {
    for (ByteBuffer each : items) {
      seen += each.remaining();
    }
    if (subscription == null) {
      return;
    }
    if (seen > most) {
      subscription.cancel();
      end.complete(null);
    } else {
      subscription.request(1);
    }
  }

  @Override
  public void onError(Throwable failure) {
    end.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    end.complete(null);
  }
}
