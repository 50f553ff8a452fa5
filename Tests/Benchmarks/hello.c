/* The yardstick: the least that answers /api/health/live through libfcgi, as a prefork pool of spawn-fcgi. */
#include <fcgiapp.h>

int main(void) {
    FCGX_Request request;
    FCGX_Init();
    FCGX_InitRequest(&request, 0, 0);
    while (FCGX_Accept_r(&request) >= 0) {
        FCGX_FPrintF(request.out,
                     "Content-Type: application/json\r\n"
                     "Cache-Control: no-store\r\n"
                     "\r\n"
                     "{\"status\":\"ok\"}");
        FCGX_Finish_r(&request);
    }
    return 0;
}
