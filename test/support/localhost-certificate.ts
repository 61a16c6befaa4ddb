/**
 * A self-signed certificate for localhost and 127.0.0.1, for tests alone: its key is public. Made with
 * `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500 -subj /CN=localhost
 * -addext subjectAltName=DNS:localhost,IP:127.0.0.1`.
 */
export const localhostCertificate = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUQmSBTM+K5CpxdgD3oazWvBqRT0gwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjA4NDEyNFoYDzIxMjYxMDI5
MDg0MTI0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARvh7WXoZT9jvJ1GAM6tviYxoSP9uU6pfGHTRyVnEIMw8EahwCK2gev
SRR2wV/JuvgdWaqc/BZMcNgE/LdBEEldo28wbTAdBgNVHQ4EFgQUAMLsiUBePWnT
HK2Z47cpMaILaoUwHwYDVR0jBBgwFoAUAMLsiUBePWnTHK2Z47cpMaILaoUwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDRwAwRAIgWLulRVU/2e/nrX99HJkpxi2NYJ2+690WmZQ2rUNCeIoCIAQM
1UScfgOSb7raXMUcK/5GAYbMWhkgydsKLsqCYGHF
-----END CERTIFICATE-----
`;

export const localhostKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgOrR2v8EBQh93NI4F
7L+GRGGWjiUJ6B/1aVvyE4AOg0ehRANCAARvh7WXoZT9jvJ1GAM6tviYxoSP9uU6
pfGHTRyVnEIMw8EahwCK2gevSRR2wV/JuvgdWaqc/BZMcNgE/LdBEEld
-----END PRIVATE KEY-----
`;
