package io.holdfast.etcd.internal.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import io.etcd.jetcd.api.AuthGrpc;
import io.etcd.jetcd.api.AuthenticateRequest;
import io.etcd.jetcd.api.AuthenticateResponse;
import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.holdfast.coordination.security.Login;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A user's token with one server: fetched with the password when first needed and when the former
 * was refused, once for all the calls that wait for it.
 */
final class Token {

  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
  private static final long LOGIN_SECONDS = 10;

  private final Login login;

  /** Guarded by this; null if there is none or it was refused. */
  private @Nullable Metadata token;

  /** Guarded by this: the calls that wait for the login under way; null if none is. */
  private @Nullable List<CallCredentials.MetadataApplier> waiting;

  Token(Login login) {
    this.login = login;
  }

  /** The next call logs in anew. */
  synchronized void forget() {
    token = null;
  }

  /** Credentials for a call on {@code channel}, which is also the way to log in. */
  CallCredentials obtainedThrough(Channel channel) {
    return new CallCredentials() {
      @Override
      public void applyRequestMetadata(
          RequestInfo request, Executor executor, MetadataApplier applier) {
        apply(channel, applier);
      }
    };
  }

  private void apply(Channel channel, CallCredentials.MetadataApplier applier) {
    Metadata known;
    boolean first = false;
    synchronized (this) {
      known = token;
      if (known == null) {
        first = await(applier);
      }
    }
    if (known != null) {
      applier.apply(known);
    } else if (first) {
      logIn(channel);
    }
  }

  /** True if no login is under way for this one to wait for. */
  private synchronized boolean await(CallCredentials.MetadataApplier applier) {
    List<CallCredentials.MetadataApplier> others = waiting;
    if (others != null) {
      others.add(applier);
      return false;
    }
    waiting = new ArrayList<>(List.of(applier));
    return true;
  }

  private void logIn(Channel channel) {
    AuthenticateRequest request;
    try {
      request =
          AuthenticateRequest.newBuilder()
              .setName(login.user())
              .setPasswordBytes(password())
              .build();
    } catch (IllegalArgumentException e) {
      failed(Status.UNAUTHENTICATED.withDescription(e.getMessage()));
      return;
    }
    ClientCalls.asyncUnaryCall(
        channel.newCall(
            AuthGrpc.getAuthenticateMethod(),
            CallOptions.DEFAULT.withDeadlineAfter(LOGIN_SECONDS, TimeUnit.SECONDS)),
        request,
        new StreamObserver<AuthenticateResponse>() {
          @Override
          public void onNext(AuthenticateResponse response) {
            succeeded(response.getToken());
          }

          @Override
          public void onError(Throwable failure) {
            failed(Status.fromThrowable(failure));
          }

          @Override
          public void onCompleted() {}
        });
  }

  private ByteString password() {
    char[] password = login.password().read();
    ByteBuffer bytes = UTF_8.encode(CharBuffer.wrap(password));
    Arrays.fill(password, '\0');
    return ByteString.copyFrom(bytes);
  }

  private void succeeded(String text) {
    Metadata fresh = new Metadata();
    fresh.put(HEADER, text);
    List<CallCredentials.MetadataApplier> served = served(fresh);
    served.forEach(applier -> applier.apply(fresh));
  }

  private void failed(Status why) {
    served(null).forEach(applier -> applier.fail(why));
  }

  private synchronized List<CallCredentials.MetadataApplier> served(@Nullable Metadata fresh) {
    token = fresh;
    List<CallCredentials.MetadataApplier> served = waiting == null ? List.of() : waiting;
    waiting = null;
    return served;
  }
}
