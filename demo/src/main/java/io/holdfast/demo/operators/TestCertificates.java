package io.holdfast.demo.operators;

import io.holdfast.testkit.process.Command;
import io.holdfast.testkit.process.TemporaryFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes certificates with the JDK's {@code keytool}: the JDK can issue them in no other way that is
 * public. What keytool writes lies in a temporary folder of this user only.
 *
 * <p>A folder of certificates holds {@code authority.pem} and {@code authority.p12}, and for each
 * one that is issued {@code NAME.pem} (the chain), {@code NAME.key} and {@code NAME.p12}; {@code
 * password} is that of all stores.
 */
final class TestCertificates {

  static final String AUTHORITY = "authority";
  static final String PASSWORD = "password";

  private static final String ALIAS = "holdfast";
  private static final long BOUND_SECONDS = 60;

  private final Path folder;
  private final TemporaryFolder work;
  private final String password;
  private final int days;

  /**
   * Of a folder that has its password, and its authority or none yet.
   *
   * @param days how long certificates are valid
   */
  TestCertificates(Path folder, TemporaryFolder work, int days) throws IOException {
    this.folder = folder;
    this.work = work;
    this.days = days;
    this.password = Files.readString(folder.resolve(PASSWORD), StandardCharsets.US_ASCII).strip();
  }

  /** Makes the authority. */
  void makeAuthority() throws IOException, InterruptedException {
    Path store = work.path().resolve(AUTHORITY + ".p12");
    generate(
        store,
        "CN=Holdfast test authority",
        List.of("-ext", "bc:c=ca:true,pathlen:0", "-ext", "ku:c=keyCertSign,cRLSign"));
    write(store, AUTHORITY, List.of());
  }

  /**
   * Issues a certificate.
   *
   * @param file what its files are called
   * @param commonName who it is of
   * @param extensions as keytool takes them, such as {@code san=dns:host}
   */
  void issue(String file, String commonName, List<String> extensions)
      throws IOException, InterruptedException {
    Path store = work.path().resolve(file + ".p12");
    Path request = work.path().resolve(file + ".csr");
    Path issued = work.path().resolve(file + ".crt");
    generate(store, "CN=" + commonName, List.of());
    keytool(store, "-certreq", List.of("-file", request.toString()));
    List<String> more =
        new ArrayList<>(
            List.of("-infile", request.toString(), "-outfile", issued.toString(), "-rfc"));
    more.addAll(List.of("-validity", Integer.toString(days)));
    extensions.forEach(extension -> more.addAll(List.of("-ext", extension)));
    keytool(folder.resolve(AUTHORITY + ".p12"), "-gencert", more);
    write(
        store, file, List.of(certificate(issued), certificate(folder.resolve(AUTHORITY + ".pem"))));
  }

  private void generate(Path store, String name, List<String> extensions)
      throws IOException, InterruptedException {
    List<String> more =
        new ArrayList<>(
            List.of("-keyalg", "EC", "-groupname", "secp256r1", "-sigalg", "SHA256withECDSA"));
    more.addAll(List.of("-dname", name, "-validity", Integer.toString(days)));
    more.addAll(List.of("-storetype", "PKCS12"));
    more.addAll(extensions);
    keytool(store, "-genkeypair", more);
  }

  private void keytool(Path store, String command, List<String> more)
      throws IOException, InterruptedException {
    Path program = Path.of(System.getProperty("java.home"), "bin", "keytool");
    if (!Files.isExecutable(program)) {
      throw new IllegalStateException("this Java has no keytool: there is no " + program);
    }
    List<String> line =
        new ArrayList<>(
            List.of(
                program.toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                command,
                "-alias",
                ALIAS,
                "-keystore",
                store.toAbsolutePath().toString(),
                "-storepass:file",
                folder.resolve(PASSWORD).toAbsolutePath().toString()));
    line.addAll(more);
    Command.run(work.path(), System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS), line);
  }

  /** As files of ours: what keytool made, under another chain if there is one. */
  private void write(Path made, String file, List<Certificate> chain) throws IOException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(made)) {
        store.load(in, password.toCharArray());
      }
      Key key = store.getKey(ALIAS, password.toCharArray());
      Certificate[] shown =
          chain.isEmpty() ? store.getCertificateChain(ALIAS) : chain.toArray(Certificate[]::new);
      store.setKeyEntry(ALIAS, key, password.toCharArray(), shown);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      store.store(bytes, password.toCharArray());
      PrivateFile.create(folder.resolve(file + ".p12"), bytes.toByteArray());
      StringBuilder pem = new StringBuilder();
      for (Certificate each : shown) {
        pem.append(pem("CERTIFICATE", each.getEncoded()));
      }
      PrivateFile.create(folder.resolve(file + ".pem"), pem.toString());
      if (!file.equals(AUTHORITY)) {
        PrivateFile.create(folder.resolve(file + ".key"), pem("PRIVATE KEY", key.getEncoded()));
      }
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot use what keytool made", e);
    }
  }

  private static Certificate certificate(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(in);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("no certificate in " + file, e);
    }
  }

  private static String pem(String kind, byte[] bytes) {
    String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes);
    return "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n";
  }
}
