package io.holdfast.fence;

/**
 * The statements of a {@link JdbcFence} in one dialect.
 *
 * @param seal takes token, name, token
 * @param check takes name; locks the row until the transaction ends, and gives its token and the
 *     one that the transaction's other reads see
 * @param look takes name; gives the token
 * @param enrol takes name, token; fails or does nothing if the name is there
 */
record FenceSql(String seal, String check, String look, String enrol) {}
