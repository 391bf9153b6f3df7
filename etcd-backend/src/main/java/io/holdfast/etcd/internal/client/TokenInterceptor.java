package io.holdfast.etcd.internal.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.holdfast.coordination.security.Login;

/**
 * Puts the user's token on each call to one server, and forgets a token that the server refuses.
 *
 * <p>jetcd has credentials of its own, but takes a new token only for a request that it repeats
 * itself, and ours it must not repeat; so an expired token would stay for ever.
 */
final class TokenInterceptor implements ClientInterceptor {

  private final Token token;

  TokenInterceptor(Login login) {
    this.token = new Token(login);
  }

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    ClientCall<Q, R> call =
        next.newCall(method, options.withCallCredentials(token.obtainedThrough(next)));
    return new SimpleForwardingClientCall<>(call) {
      @Override
      public void start(Listener<R> listener, Metadata headers) {
        super.start(
            new SimpleForwardingClientCallListener<R>(listener) {
              @Override
              public void onClose(Status status, Metadata trailers) {
                if (Failures.isTokenRefused(status)) {
                  token.forget();
                }
                super.onClose(status, trailers);
              }
            },
            headers);
      }
    };
  }
}
