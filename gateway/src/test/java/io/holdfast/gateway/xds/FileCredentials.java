package io.holdfast.gateway.xds;

import io.grpc.ChannelCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.xds.XdsCredentialsProvider;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * TLS with the files of the bootstrap, as gRPC's proposal A65 has it; the {@code tls} of grpc-java
 * passes over them.
 */
public final class FileCredentials extends XdsCredentialsProvider {

  static final String NAME = "tls_files";

  @Override
  protected ChannelCredentials newChannelCredentials(Map<String, ?> config) {
    try {
      TlsChannelCredentials.Builder tls =
          TlsChannelCredentials.newBuilder()
              .trustManager(new File(String.valueOf(config.get("ca_certificate_file"))));
      if (config.containsKey("certificate_file")) {
        tls.keyManager(
            new File(String.valueOf(config.get("certificate_file"))),
            new File(String.valueOf(config.get("private_key_file"))));
      }
      return tls.build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected String getName() {
    return NAME;
  }

  @Override
  public boolean isAvailable() {
    return true;
  }

  @Override
  public int priority() {
    return 5;
  }
}
