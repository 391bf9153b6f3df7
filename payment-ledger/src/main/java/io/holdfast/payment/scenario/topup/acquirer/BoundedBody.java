package io.holdfast.payment.scenario.topup.acquirer;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import org.jspecify.annotations.Nullable;

/**
 * Hands on a body until it is longer than it may be, and breaks off then. Called as reactive
 * streams are: one call after the other.
 */
final class BoundedBody<T> implements BodySubscriber<T> {

  private final BodySubscriber<T> to;
  private final long most;
  private long length;
  private boolean broken;
  private @Nullable Subscription subscription;

  BoundedBody(BodySubscriber<T> to, long most) {
    this.to = to;
    this.most = most;
  }

  @Override
  public CompletionStage<T> getBody() {
    return to.getBody();
  }

  @Override
  public void onSubscribe(Subscription begun) {
    subscription = begun;
    to.onSubscribe(begun);
  }

  @Override
  public void onNext(List<ByteBuffer> part) {
    if (broken) {
      return;
    }
    for (ByteBuffer each : part) {
      length += each.remaining();
    }
    if (length <= most) {
      to.onNext(part);
      return;
    }
    broken = true;
    if (subscription != null) {
      subscription.cancel();
    }
    to.onError(new IOException("an answer of more than " + most + " bytes"));
  }

  @Override
  public void onError(Throwable failure) {
    if (!broken) {
      to.onError(failure);
    }
  }

  @Override
  public void onComplete() {
    if (!broken) {
      to.onComplete();
    }
  }
}
