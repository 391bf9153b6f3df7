/**
 * Who we are to a cluster and whom we take for the cluster: {@link
 * io.holdfast.coordination.security.Credentials} is what applications give to {@code
 * CoordinatorOptions}. The rest serves the backends: certificates read from PEM files, and the
 * question why a server and we do not come together.
 */
@NullMarked
package io.holdfast.coordination.security;

import org.jspecify.annotations.NullMarked;
