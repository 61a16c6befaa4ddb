import { localhostCertificate, localhostKey } from '../localhost-certificate.ts';

/** What a secure stand-in shows, and the authority that a client has to trust for it. The keys are public: tests alone. */
export type Certificate = { readonly authority: string; readonly certificate: string; readonly key: string };

/** Signed by itself, for `localhost` and 127.0.0.1. */
export const ofLocalhost: Certificate = {
  authority: localhostCertificate,
  certificate: localhostCertificate,
  key: localhostKey,
};

/** Made with `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 36500`. */
const authority = `-----BEGIN CERTIFICATE-----
MIIBmjCCAUGgAwIBAgIUDzo4DIfByLIFm/TP7SfyRjF31cQwCgYIKoZIzj0EAwIw
IjEgMB4GA1UEAwwXSG9sZGZhc3QgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI2MTE1
MzM1WhgPMjEyNjExMDIxMTUzMzVaMCIxIDAeBgNVBAMMF0hvbGRmYXN0IHRlc3Qg
YXV0aG9yaXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3j0ei2XYIXsiKXUQ
VAOvQJZcAhblBSJcPOGUcaV/5C5gl52JMQHHjiqTUasP4l/5TlXj7ANwWmlv1OlV
KBXwyKNTMFEwHQYDVR0OBBYEFCfJMeoxf6N607xiIdWj538CrkORMB8GA1UdIwQY
MBaAFCfJMeoxf6N607xiIdWj538CrkORMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZI
zj0EAwIDRwAwRAIgd8VDyfuqR9kPlIHuwk8W91WZKLsgR18bfF9S/xWRJU4CIAy7
IQYWBmGoGMRvRgrytB+IFQKr1ciSJJ0arZSpGwpW
-----END CERTIFICATE-----
`;

/** Signed by the authority with `subjectAltName=IP:127.0.0.1,IP:::1`: for addresses, and for no name. */
export const ofAddresses: Certificate = {
  authority,
  certificate: `-----BEGIN CERTIFICATE-----
MIIBtTCCAVugAwIBAgIUJD1yC5Xp6MFNloknMChLiojoracwCgYIKoZIzj0EAwIw
IjEgMB4GA1UEAwwXSG9sZGZhc3QgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI2MTE1
MzM1WhgPMjEyNjExMDIxMTUzMzVaMBwxGjAYBgNVBAMMEWV2ZW50c3RvcmVkYi1u
b2RlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE3jNzBG5gvYD+q7FCgYHl6RmU
u+Y3zDMV23RD3LqDakwyUbrg5bw6AEpMUyOBHkuk+BP72Nd58IbL4Q1eRWPO0aNz
MHEwIQYDVR0RBBowGIcEfwAAAYcQAAAAAAAAAAAAAAAAAAAAATAMBgNVHRMBAf8E
AjAAMB0GA1UdDgQWBBQ1PHVjujoU5Qv7IiTyeNU1jQDcZDAfBgNVHSMEGDAWgBQn
yTHqMX+jetO8YiHVo+d/Aq5DkTAKBggqhkjOPQQDAgNIADBFAiEApZ5g8xMzXImi
u2mbV+m4fpznbW/evZWPp5GqNROiCMcCIFK5ZuVU3Q6+AnNVvqpsRHnAEJKGxD3B
x2aAL2IvCcC2
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgMfGKh8rM/rDMFrhm
P/jO3vixVMNpM6eOY4Hb+sNCAfShRANCAATeM3MEbmC9gP6rsUKBgeXpGZS75jfM
MxXbdEPcuoNqTDJRuuDlvDoASkxTI4EeS6T4E/vY13nwhsvhDV5FY87R
-----END PRIVATE KEY-----
`,
};

/** Signed by the authority with `subjectAltName=DNS:localhost`: for a name, and for no address. */
export const ofName: Certificate = {
  authority,
  certificate: `-----BEGIN CERTIFICATE-----
MIIBqTCCAU6gAwIBAgIUJD1yC5Xp6MFNloknMChLiojoragwCgYIKoZIzj0EAwIw
IjEgMB4GA1UEAwwXSG9sZGZhc3QgdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI2MTE1
MzM1WhgPMjEyNjExMDIxMTUzMzVaMBwxGjAYBgNVBAMMEWV2ZW50c3RvcmVkYi1u
b2RlMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqVXG26+dzN55nH5sQUkOU2HD
4eXppT9kJNaYuiSXewl7u/BO3c2AJfxhNPgfpuDboRJAzdUIs3Wkrzsw3JWJn6Nm
MGQwFAYDVR0RBA0wC4IJbG9jYWxob3N0MAwGA1UdEwEB/wQCMAAwHQYDVR0OBBYE
FGB7jPiAO0dDKZnOOiEn6jzx7QAGMB8GA1UdIwQYMBaAFCfJMeoxf6N607xiIdWj
538CrkORMAoGCCqGSM49BAMCA0kAMEYCIQCBEMcn9mMz7bhC+eSsf3n54tPAP8MW
3ZaScL39XzNYwgIhALof3k1/nkKvN9IDhf5p+z4QPNv+PAyVfICkQ+he0RGT
-----END CERTIFICATE-----
`,
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgdoF+2zZnCw78M5kV
s6Y++q1tosUCrJssmkjkqP43gu6hRANCAASpVcbbr53M3nmcfmxBSQ5TYcPh5eml
P2Qk1pi6JJd7CXu78E7dzYAl/GE0+B+m4NuhEkDN1QizdaSvOzDclYmf
-----END PRIVATE KEY-----
`,
};
